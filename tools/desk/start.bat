@echo off
setlocal
set "PLACE=%~dp0"
if exist "%PLACE%current.txt" goto found
set "PLACE=%USERPROFILE%\allocator\"
if defined ALLOCATOR_PLACE set "PLACE=%ALLOCATOR_PLACE%\"
if exist "%PLACE%current.txt" goto found
set "WORDS=not_installed.txt"
goto failed

:found
set "CURRENT="
set /p CURRENT=<"%PLACE%current.txt"
set "WORDS=not_installed.txt"
if not defined CURRENT goto failed
set "PYTHONHOME="
set "PYTHONPATH="
set "PYTHONSAFEPATH=1"
set "PYTHONNOUSERSITE=1"
set "OWN=%PLACE%%CURRENT%\Scripts\python.exe"
set "WORDS=broken.txt"
if not exist "%OWN%" goto failed
"%OWN%" -I -c "" >nul 2>nul
if not "%errorlevel%"=="0" goto failed
"%OWN%" -I -m allocator app %*
set "STATUS=%errorlevel%"
if "%STATUS%"=="0" goto end
goto wait

:failed
set "STATUS=1"
chcp 65001 >nul
type "%~dp0words\%WORDS%"

:wait
echo.
if not defined ALLOCATOR_QUIET pause

:end
exit /b %STATUS%
