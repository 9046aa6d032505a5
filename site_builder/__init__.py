"""From a `content/` folder to the static sites of local unions. Never imports Django or `cms`."""
