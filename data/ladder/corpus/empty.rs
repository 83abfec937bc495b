// Nothing is built: the packages are only read.
