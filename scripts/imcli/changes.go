package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"strconv"
	"strings"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// place reads the two arguments that name a message.
func (c *cli) place(ctx context.Context, conversation, seq string) (id string, n int64, err error) {
	if n, err = strconv.ParseInt(seq, 10, 64); err != nil {
		return "", 0, errUsage
	}
	id, err = c.conversation(ctx, conversation)
	return id, n, err
}

func recall(ctx context.Context, c *cli, args []string) error {
	id, seq, err := c.place(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	done, err := c.client.Recall(ctx, id, seq)
	if err != nil {
		return err
	}
	c.printf("[%d] recalled [%d]\n", done.Seq, seq)
	return nil
}

func edit(ctx context.Context, c *cli, args []string) error {
	if len(args) < 3 {
		return errUsage
	}
	id, seq, err := c.place(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	done, err := c.client.Edit(ctx, id, seq, map[string]string{"text": strings.Join(args[2:], " ")})
	if err != nil {
		return err
	}
	c.printf("[%d] edited [%d]\n", done.Seq, seq)
	return nil
}

// edits prints all that a message has said.
func edits(ctx context.Context, c *cli, args []string) error {
	id, seq, err := c.place(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	versions, err := c.client.Edits(ctx, id, seq)
	for _, v := range versions {
		c.printf("%s\n", text(wire.Message{Type: "text", Content: v.Content}))
	}
	return err
}

// switched takes a last argument "off" from arguments of which so many stand before it.
func switched(args []string, n int) (off bool, err error) {
	switch {
	case len(args) == n:
		return false, nil
	case len(args) == n+1 && args[n] == "off":
		return true, nil
	}
	return false, errUsage
}

func react(ctx context.Context, c *cli, args []string) error {
	off, err := switched(args, 3)
	if err != nil {
		return err
	}
	id, seq, err := c.place(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	if off {
		return c.client.Unreact(ctx, id, seq, args[2])
	}
	return c.client.React(ctx, id, seq, args[2])
}

func pin(ctx context.Context, c *cli, args []string) error {
	off, err := switched(args, 2)
	if err != nil {
		return err
	}
	id, seq, err := c.place(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	if off {
		return c.client.Unpin(ctx, id, seq)
	}
	return c.client.Pin(ctx, id, seq)
}

func pins(ctx context.Context, c *cli, args []string) error {
	id, err := c.conversation(ctx, args[0])
	if err != nil {
		return err
	}
	pinned, err := c.client.Pins(ctx, id)
	for _, p := range pinned {
		c.show(ctx, p.Message)
	}
	return err
}

// forward copies messages, named by seqs with commas between them, to other conversations.
func forward(ctx context.Context, c *cli, args []string) error {
	flags := flag.NewFlagSet("forward", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	merge := flags.Bool("merge", false, "")
	title := flags.String("title", "", "")
	if flags.Parse(args) != nil || flags.NArg() < 3 {
		return errUsage
	}
	f := imclient.Forwarding{Merge: *merge, Title: *title, ClientMsgID: imclient.NewClientMsgID()}
	for seq := range strings.SplitSeq(flags.Arg(1), ",") {
		n, err := strconv.ParseInt(seq, 10, 64)
		if err != nil {
			return errUsage
		}
		f.From.Seqs = append(f.From.Seqs, n)
	}
	var err error
	if f.From.ConversationID, err = c.conversation(ctx, flags.Arg(0)); err != nil {
		return err
	}
	for _, to := range flags.Args()[2:] {
		id, err := c.conversation(ctx, to)
		if err != nil {
			return err
		}
		f.To = append(f.To, id)
	}
	copies, err := c.client.Forward(ctx, f)
	if err != nil {
		return err
	}
	var refused error
	for _, one := range copies {
		if one.Error != nil {
			refused = errors.New("not all was forwarded")
			c.printf("%s: %s\n", one.ConversationID, one.Error.Message)
			continue
		}
		c.printf("[%d] %s\n", one.Seq, one.ConversationID)
	}
	return refused
}

// changeText is what an entry that changes another says on one line; empty for any other.
func changeText(m wire.Message) string {
	var c struct {
		TargetSeq int64
		Content   json.RawMessage
		Emoji     string
		Removed   bool
	}
	_ = json.Unmarshal(m.Content, &c) // what cannot be read is shown by its type
	target := "[" + strconv.FormatInt(c.TargetSeq, 10) + "]"
	switch m.Type {
	case "recall":
		return "recalled " + target
	case "edit":
		return "edited " + target + ": " + text(wire.Message{Type: "text", Content: c.Content, RecalledAt: m.RecalledAt})
	case "reaction":
		if c.Removed {
			return "took " + oneLine(c.Emoji) + " back from " + target
		}
		return "reacted with " + oneLine(c.Emoji) + " to " + target
	case "pin":
		if c.Removed {
			return "unpinned " + target
		}
		return "pinned " + target
	}
	return ""
}
