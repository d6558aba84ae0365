//go:build !race

package e2e_test

// crowdMembers is as many as a group may have.
const crowdMembers = 100_000
