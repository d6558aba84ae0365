// Package friend serves friendships and blocks: who calls, one RPC, the answer.
package friend
