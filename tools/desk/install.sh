#!/bin/sh
# Finds a Python of the right version and lets it install; nothing else is needed, and no rights.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1
unset PYTHONHOME PYTHONPATH
found=
for python in "$ALLOCATOR_PYTHON" python@PYTHON@ python3 "$HOME/.local/bin/python@PYTHON@" \
    /usr/local/bin/python@PYTHON@ /opt/python@PYTHON@/bin/python@PYTHON@; do
  [ -n "$python" ] || continue
  if "$python" -I -c 'import sys; sys.exit(sys.version_info[:2] != (@COMMA@) or sys.maxsize < 2**32)' 2>/dev/null
  then found=$python; break; fi
done
if [ -n "$found" ]; then
  "$found" -I "$here/install.py" "$@"
  status=$?
else
  cat "$here/words/no_python.txt"
  status=1
fi
# a window that a double click has opened would be gone at once
if [ -t 0 ] && [ -t 1 ] && [ -z "$ALLOCATOR_QUIET" ]; then printf '\n按回车键关闭 Press Enter '; read -r _; fi
exit $status
