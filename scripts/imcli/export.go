package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"time"

	"im-backend/common/imclient"
)

// exportData writes all data of the account as JSON lines, to a file or to the terminal, the last of which says that it is complete.
// What is cut goes on where it was.
func exportData(ctx context.Context, c *cli, args []string) error {
	const tries = 5
	if len(args) > 1 {
		return errUsage
	}
	out := c.out
	if len(args) == 1 {
		file, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		out = file
	}
	lines := bufio.NewWriter(out)
	count, cursor := 0, ""
	for try := 1; ; try++ {
		var err error
		cursor, err = c.client.Export(ctx, cursor, func(line []byte) error {
			count++
			_, err := lines.Write(append(line, '\n'))
			return err
		})
		if err = errors.Join(err, lines.Flush()); err == nil {
			break
		}
		if !errors.Is(err, imclient.ErrExportCut) || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * time.Second):
		}
	}
	_, _ = lines.WriteString(`{"kind":"end","data":{"complete":true}}` + "\n")
	if err := lines.Flush(); err != nil {
		return err
	}
	if len(args) == 1 {
		c.printf("%d lines, complete\n", count)
	}
	return nil
}
