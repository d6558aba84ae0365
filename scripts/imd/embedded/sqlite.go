package embedded

import "path/filepath"

// SQLite is the data source name of one database, kept in a file of a directory.
func SQLite(dir, database string) string { return "sqlite:" + filepath.Join(dir, database+".db") }
