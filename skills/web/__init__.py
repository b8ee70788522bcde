"""What all pages use: the page cache and its slots, paging, parsing of input, addresses of skills."""
