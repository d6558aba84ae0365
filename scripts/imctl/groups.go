package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
)

// How an import goes on.
const (
	importChunk    = 1000
	importReport   = 10 // chunks between two lines of progress
	importTries    = 10 // of one chunk, while the services are not available
	importPatience = time.Second
)

// importing is what the arguments of groups import say.
type importing struct {
	owner, group, size int64
	name, file         string
}

// importGroup makes a group, or takes one that is there, and adds everybody whose id a file names, one on a line. Doing it again adds
// nobody twice.
func importGroup(args []string) (command, bool) {
	var i importing
	flags := flag.NewFlagSet("groups import", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Int64Var(&i.owner, "owner", 0, "")
	flags.Int64Var(&i.group, "group", 0, "")
	flags.Int64Var(&i.size, "max", 100_000, "")
	flags.StringVar(&i.name, "name", "", "")
	if flags.Parse(args) != nil || flags.NArg() > 1 || i.size < 1 || i.size > 100_000 {
		return nil, false
	}
	i.file = flags.Arg(0)
	return i.run, i.group > 0 || i.owner > 0 && i.name != ""
}

func (i importing) run(ctx context.Context, o options, out io.Writer) error {
	in, err := open(i.file)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	groups, closing, err := connect(ctx, o, "group", o.group, grouppb.NewGroupServiceClient)
	if err != nil {
		return err
	}
	defer closing()
	if i.group == 0 {
		made, err := groups.ImportGroup(ctx, &grouppb.ImportGroupRequest{
			OwnerId: i.owner, Name: i.name, MaxMembers: int32(i.size),
		}, grpc.WaitForReady(true))
		if err != nil {
			return fmt.Errorf("make group: %w", err)
		}
		i.group = made.GetGroup().GetGroupId()
		fmt.Fprintf(out, "group %d is made; if the rest fails, go on with --group %d\n", i.group, i.group)
	}
	return i.fill(ctx, groups, o.timeout, in, out)
}

// open opens a file to read; none is standard input.
func open(name string) (io.ReadCloser, error) {
	if name == "" || name == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	return os.Open(name) //nolint:wrapcheck,gosec // the operator names it, and the error does too
}

// fill adds the users of a list in chunks.
func (i importing) fill(ctx context.Context, groups grouppb.GroupServiceClient, timeout time.Duration, in io.Reader, out io.Writer) error {
	ids := bufio.NewScanner(in)
	read, added, line := 0, 0, 0
	for chunks := 1; ; chunks++ {
		chunk, err := nextChunk(ids, &line)
		if err != nil {
			return err
		}
		if len(chunk) > 0 {
			n, err := i.send(ctx, groups, timeout, chunk)
			if err != nil {
				return fmt.Errorf("add the %d users up to line %d: %w", len(chunk), line, err)
			}
			read, added = read+len(chunk), added+n
		}
		if last := len(chunk) < importChunk; last || chunks%importReport == 0 {
			fmt.Fprintf(out, "%d read, %d added\n", read, added)
			if last {
				return nil
			}
		}
	}
}

// nextChunk reads the ids of the next lines that are not empty.
func nextChunk(ids *bufio.Scanner, line *int) ([]int64, error) {
	var chunk []int64
	for len(chunk) < importChunk && ids.Scan() {
		*line++
		text := strings.TrimSpace(ids.Text())
		if text == "" {
			continue
		}
		id, err := model.ParseID(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", *line, err)
		}
		chunk = append(chunk, id)
	}
	if err := ids.Err(); err != nil {
		return nil, fmt.Errorf("read ids: %w", err)
	}
	return chunk, nil
}

// send adds one chunk, and tries again while the services are not available: repeating it harms nobody.
func (i importing) send(ctx context.Context, groups grouppb.GroupServiceClient, timeout time.Duration, chunk []int64) (int, error) {
	for try := 1; ; try++ {
		added, err := within(ctx, timeout, func(ctx context.Context) (*grouppb.ImportMembersResponse, error) {
			return groups.ImportMembers(ctx, &grouppb.ImportMembersRequest{GroupId: i.group, UserIds: chunk}, grpc.WaitForReady(true))
		})
		if err == nil || try == importTries || !errors.Is(err, errs.ErrUnavailable) && !errors.Is(err, errs.ErrTimeout) {
			return int(added.GetAdded()), err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(importPatience):
		}
	}
}

// within gives one call of many its time.
func within[T any](ctx context.Context, timeout time.Duration, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return call(ctx)
}
