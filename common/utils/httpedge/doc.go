// Package httpedge is the HTTP edge of a gateway: how requests are decoded, how answers and problems (RFC 9457) are written,
// and the outer wrapper that holds for every route alike. It knows errors and JSON; it knows no service. Gateways use it.
package httpedge
