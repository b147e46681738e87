"""HTTP: cards for the site, health; later the editors' desk. Reads snapshots."""
