#!/bin/sh
# Starts the program: what stands beside this file, or what the installer has put into the home.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1
place=$here
[ -f "$place/current.txt" ] || place=${ALLOCATOR_PLACE:-$HOME/allocator}
current=
[ ! -f "$place/current.txt" ] || read -r current <"$place/current.txt"
own=$place/$current/bin/python
unset PYTHONHOME PYTHONPATH
PYTHONSAFEPATH=1 PYTHONNOUSERSITE=1
export PYTHONSAFEPATH PYTHONNOUSERSITE
if [ -z "$current" ]; then
  echo '@NOT_INSTALLED_ZH@'
  echo '@NOT_INSTALLED_EN@'
elif ! "$own" -I -c '' 2>/dev/null; then
  echo '@BROKEN_ZH@'
  echo '@BROKEN_EN@'
else
  exec "$own" -I -m allocator app "$@"
fi
if [ -t 0 ] && [ -t 1 ] && [ -z "$ALLOCATOR_QUIET" ]; then printf '\n按回车键关闭 Press Enter '; read -r _; fi
exit 1
