// Package chat has the handlers that goctl made: decode, call the logic, encode.
package chat
