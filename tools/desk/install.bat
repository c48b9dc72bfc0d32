@echo off
setlocal
pushd "%~dp0"
if not exist "install.py" goto packed
if not exist "wheels" goto packed
set "PYTHONHOME="
set "PYTHONPATH="
set "FOUND="
if defined ALLOCATOR_PYTHON call :try "%ALLOCATOR_PYTHON%"
if not defined FOUND call :try py -@PYTHON@
if not defined FOUND call :try python
if not defined FOUND call :try "%LOCALAPPDATA%\Programs\Python\Python@DIGITS@\python.exe"
if not defined FOUND call :try "%ProgramFiles%\Python@DIGITS@\python.exe"
if not defined FOUND call :try "%SystemDrive%\Python@DIGITS@\python.exe"
if not defined FOUND goto nopython
%FOUND% -I install.py %*
set "STATUS=%errorlevel%"
goto end

:try
%* -I -c "import sys; sys.exit(sys.version_info[:2] != (@COMMA@) or sys.maxsize < 2**32)" >nul 2>nul
if "%errorlevel%"=="0" set FOUND=%*
goto :eof

:nopython
set "STATUS=1"
chcp 65001 >nul
type "words\no_python.txt"
start "" notepad.exe "words\no_python.txt"
goto end

:packed
set "STATUS=1"
echo Unpack the whole zip file into a folder first, then run this file there.
powershell -NoProfile -Command "Write-Host ([regex]::Unescape('@PACKED@'))"
goto end

:end
echo.
if not defined ALLOCATOR_QUIET pause
popd
exit /b %STATUS%
