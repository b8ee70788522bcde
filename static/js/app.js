// What htmx and plain links do not do, one matter a file.
// Browsers get this list as one classic script with the imported files in its place, see config/static_files.py.
import "./app/head_links.js";
import "./app/level_tabs.js";
import "./app/shortcuts.js";
import "./app/search_key.js";
import "./app/swaps.js";
import "./app/failures.js";
import "./app/filter_drawer.js";
import "./app/open_cells.js";
import "./app/mentions.js";
import "./app/menus.js";
