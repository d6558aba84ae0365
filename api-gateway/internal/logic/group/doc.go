// Package group serves groups and their members: who calls, one RPC, the answer.
package group
