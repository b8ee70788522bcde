"""What every page uses: kept pages, their slots, paging, typed input, addresses of skills."""
