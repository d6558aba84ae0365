// Package site serves what is not under /v1: the public keys, the OpenAPI document and the pages for people. goctl cannot
// express these paths, so they are registered by hand.
package site

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"

	"github.com/zeromicro/go-zero/rest"

	"im-backend/api-gateway/internal/openapi"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/utils/httpedge"
)

//go:embed docs.html
var docsHTML string

//go:embed home.html
var homeHTML []byte

// Routes makes the routes; the documents are made once, here.
func Routes(auth authpb.AuthServiceClient) ([]rest.Route, error) {
	document, err := openapi.Document()
	if err != nil {
		return nil, err
	}
	docs, err := docsPage()
	if err != nil {
		return nil, err
	}
	return []rest.Route{
		{Method: http.MethodGet, Path: "/.well-known/jwks.json", Handler: jwks(auth)},
		{Method: http.MethodGet, Path: "/openapi.json", Handler: fixed("application/json", document)},
		{Method: http.MethodGet, Path: "/docs", Handler: fixed("text/html; charset=utf-8", docs)},
		{Method: http.MethodGet, Path: "/", Handler: fixed("text/html; charset=utf-8", homeHTML)},
	}, nil
}

// jwks answers the keys as auth-service has them; a client may keep them for five minutes.
func jwks(auth authpb.AuthServiceClient) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		got, err := auth.GetJwks(r.Context(), &authpb.GetJwksRequest{})
		if err != nil {
			httpedge.Fail(w, r, fmt.Errorf("get keys: %w", err))
			return
		}
		fixed("application/json", got.GetJwks())(w, r)
	}
}

func fixed(contentType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		_, _ = w.Write(body) // the caller is gone when this fails
	}
}

// docsPage lists the operations by tag.
func docsPage() ([]byte, error) {
	type section struct {
		Tag        string
		Operations []openapi.Operation
	}
	var sections []section
	for _, op := range openapi.Operations() {
		if n := len(sections); n == 0 || sections[n-1].Tag != op.Tag {
			sections = append(sections, section{Tag: op.Tag})
		}
		last := &sections[len(sections)-1]
		last.Operations = append(last.Operations, op)
	}
	page, err := template.New("docs").Parse(docsHTML)
	if err != nil {
		return nil, fmt.Errorf("parse docs page: %w", err)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, sections); err != nil {
		return nil, fmt.Errorf("make docs page: %w", err)
	}
	return out.Bytes(), nil
}
