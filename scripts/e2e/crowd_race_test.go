//go:build race

package e2e_test

// crowdMembers is fewer where the race detector makes everything ten times slower.
const crowdMembers = 10_000
