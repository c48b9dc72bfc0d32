"""Tables for people, for every place that shows one."""
