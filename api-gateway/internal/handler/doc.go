// Package handler has the routes that goctl made of api/*.api.
package handler
