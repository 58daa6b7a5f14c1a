"""Everything people and programs use: the pages in a browser, the command line, the HTTP API and the MCP tools."""
