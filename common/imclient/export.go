package imclient

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// ExportEnd is the last line of an export.
type ExportEnd struct {
	Complete bool   `json:"complete"`
	Reason   string `json:"reason"`
	Cursor   string `json:"cursor"`
}

// ErrExportCut is returned when an export ended before it was complete. It can go on from the cursor.
var ErrExportCut = errors.New("the export was cut")

// maxExportLine is more than any line has.
const maxExportLine = 1 << 20

// Export takes all data of the account out, from a cursor on; empty: from the beginning. Each line of JSON, {kind, data}, is given to
// take once, without those of the kinds cursor and end. It answers the cursor to go on from when it was cut. Errors: also
// ErrExportCut and those of take.
func (c *Client) Export(ctx context.Context, cursor string, take func(line []byte) error) (string, error) {
	used := c.Tokens().AccessToken
	body, err := c.openExport(ctx, cursor, used)
	if Reason(err) == "TOKEN_EXPIRED" {
		if err := c.refreshAfter(ctx, used); err != nil {
			return cursor, err
		}
		body, err = c.openExport(ctx, cursor, c.Tokens().AccessToken)
	}
	if err != nil {
		return cursor, err
	}
	defer func() { _ = body.Close() }()
	return readExport(body, cursor, take)
}

// openExport asks for the lines. It may go on for as long as there are any.
func (c *Client) openExport(ctx context.Context, cursor, token string) (io.ReadCloser, error) {
	path := c.base + "/v1/users/me/export?" + url.Values{"cursor": {cursor}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	unbounded := *c.http
	unbounded.Timeout = 0
	resp, err := unbounded.Do(req)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		defer func() { _ = resp.Body.Close() }()
		return nil, readProblem(resp)
	}
	return resp.Body, nil
}

// readExport gives away the lines before each cursor: what comes after the last one comes again.
func readExport(body io.Reader, cursor string, take func(line []byte) error) (string, error) {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxExportLine)
	var page [][]byte
	for lines.Scan() {
		var line struct {
			Kind string
			Data json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return cursor, fmt.Errorf("%w: %w", ErrExportCut, err)
		}
		if line.Kind != "cursor" && line.Kind != "end" {
			page = append(page, bytes.Clone(lines.Bytes()))
			continue
		}
		var end ExportEnd
		if err := json.Unmarshal(line.Data, &end); err != nil {
			return cursor, fmt.Errorf("%w: %w", ErrExportCut, err)
		}
		if line.Kind == "end" && !end.Complete {
			return cursor, fmt.Errorf("%w: %w", ErrExportCut, &APIError{Reason: end.Reason})
		}
		for _, text := range page {
			if err := take(text); err != nil {
				return cursor, err
			}
		}
		page = page[:0]
		if cursor = end.Cursor; line.Kind == "end" {
			return "", nil
		}
	}
	return cursor, fmt.Errorf("%w: %w", ErrExportCut, errors.Join(lines.Err(), io.ErrUnexpectedEOF))
}
