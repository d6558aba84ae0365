package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"im-backend/common/imclient"
	"im-backend/common/model"
)

func add(ctx context.Context, c *cli, args []string) error {
	if len(args) < 1 {
		return errUsage
	}
	id, err := c.user(ctx, args[0])
	if err != nil {
		return err
	}
	r, err := c.client.AddFriend(ctx, id, strings.Join(args[1:], " "))
	if err != nil {
		return err
	}
	c.printf("request %s is %s\n", r.RequestID, r.Status)
	return nil
}

func requests(ctx context.Context, c *cli, _ []string) error {
	for _, direction := range []string{"incoming", "outgoing"} {
		page, err := c.client.FriendRequests(ctx, direction, "", 0, "")
		if err != nil {
			return err
		}
		for _, r := range page.Items {
			peer := r.FromUserID
			if direction == "outgoing" {
				peer = r.ToUserID
			}
			c.printf("%s  %s  @%s  %s  %s\n", r.RequestID, direction, c.name(ctx, peer), r.Status, r.Message)
		}
	}
	return nil
}

// request finds a pending request by its id or by the other side.
func (c *cli) request(ctx context.Context, direction, which string) (string, error) {
	if _, err := model.ParseID(which); err == nil {
		return which, nil
	}
	user, err := c.user(ctx, which)
	if err != nil {
		return "", err
	}
	for cursor := ""; ; {
		page, err := c.client.FriendRequests(ctx, direction, "pending", 0, cursor)
		if err != nil {
			return "", err
		}
		for _, r := range page.Items {
			if user == r.FromUserID || user == r.ToUserID {
				return r.RequestID, nil
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			return "", fmt.Errorf("no %s request of %s waits", direction, which)
		}
	}
}

func accept(ctx context.Context, c *cli, args []string) error {
	id, err := c.request(ctx, "incoming", args[0])
	if err != nil {
		return err
	}
	r, err := c.client.AcceptFriend(ctx, id, "")
	if err == nil {
		c.printf("you and @%s are friends\n", c.name(ctx, r.FromUserID))
	}
	return err
}

func reject(ctx context.Context, c *cli, args []string) error {
	id, err := c.request(ctx, "incoming", args[0])
	if err != nil {
		return err
	}
	_, err = c.client.RejectFriend(ctx, id)
	return err
}

func cancelRequest(ctx context.Context, c *cli, args []string) error {
	id, err := c.request(ctx, "outgoing", args[0])
	if err != nil {
		return err
	}
	_, err = c.client.CancelFriend(ctx, id)
	return err
}

// friends prints the version of the list last, which is what to ask since the next time.
func friends(ctx context.Context, c *cli, args []string) error {
	flags := flag.NewFlagSet("friends", flag.ContinueOnError)
	flags.SetOutput(c.err)
	since := flags.Int64("since", 0, "only what changed since this version")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return errUsage
	}
	for cursor := ""; ; {
		page, err := c.client.Friends(ctx, *since, 0, cursor)
		if err != nil {
			return err
		}
		if page.Reset {
			fmt.Fprintf(c.err, "version %d is unknown, this is the whole list\n", *since)
		}
		for _, f := range page.Items {
			c.printf("%s\n", friendLine(f))
		}
		for _, id := range page.Deleted {
			c.printf("@%s (%s) is no friend any more\n", c.name(ctx, id), id)
		}
		if cursor = page.NextCursor; cursor == "" {
			fmt.Fprintf(c.err, "version %d\n", page.Version)
			return nil
		}
	}
}

// friendLine is a friend with one's notes: a star, the remark, the tags.
func friendLine(f imclient.Friend) string {
	var line strings.Builder
	if f.Starred {
		line.WriteString("* ")
	}
	fmt.Fprintf(&line, "@%s (%s) %s", f.User.Username, f.User.UserID, f.Remark)
	for _, tag := range f.Tags {
		line.WriteString(" #" + tag)
	}
	return line.String()
}

func remark(ctx context.Context, c *cli, args []string) error {
	if len(args) < 1 {
		return errUsage
	}
	return annotate(ctx, c, args[0], map[string]any{"remark": strings.Join(args[1:], " ")})
}

func star(ctx context.Context, c *cli, args []string) error {
	if len(args) < 1 || len(args) > 2 || (len(args) == 2 && args[1] != "off") {
		return errUsage
	}
	return annotate(ctx, c, args[0], map[string]any{"starred": len(args) == 1})
}

func tag(ctx context.Context, c *cli, args []string) error {
	if len(args) < 1 {
		return errUsage
	}
	return annotate(ctx, c, args[0], map[string]any{"tags": append([]string{}, args[1:]...)})
}

func annotate(ctx context.Context, c *cli, who string, notes map[string]any) error {
	id, err := c.user(ctx, who)
	if err != nil {
		return err
	}
	f, err := c.client.UpdateFriend(ctx, id, notes)
	if err == nil {
		c.printf("%s\n", friendLine(f))
	}
	return err
}

func unfriend(ctx context.Context, c *cli, args []string) error {
	id, err := c.user(ctx, args[0])
	if err != nil {
		return err
	}
	return c.client.DeleteFriend(ctx, id)
}

func blocks(ctx context.Context, c *cli, _ []string) error {
	for cursor := ""; ; {
		page, err := c.client.Blocks(ctx, 0, cursor)
		if err != nil {
			return err
		}
		for _, b := range page.Items {
			c.printf("@%s (%s)\n", b.User.Username, b.User.UserID)
		}
		if cursor = page.NextCursor; cursor == "" {
			return nil
		}
	}
}

func block(ctx context.Context, c *cli, args []string) error {
	id, err := c.user(ctx, args[0])
	if err != nil {
		return err
	}
	return c.client.Block(ctx, id)
}

func unblock(ctx context.Context, c *cli, args []string) error {
	id, err := c.user(ctx, args[0])
	if err != nil {
		return err
	}
	return c.client.Unblock(ctx, id)
}
