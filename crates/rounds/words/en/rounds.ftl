# What this room says.
