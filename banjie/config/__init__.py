"""Settings, urls, the REST API, the command line: what ties the rooms together."""
