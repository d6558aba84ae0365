//go:build !unix

package conn

// writeOnce leaves every write to the slow way, which works everywhere.
func writeOnce(uintptr, []byte) (int, error) { return 0, errWouldBlock }
