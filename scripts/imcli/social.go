package main

import (
	"context"
	"fmt"
	"strings"

	"im-backend/common/imclient"
	"im-backend/common/model"
)

func search(ctx context.Context, c *cli, args []string) error {
	found, err := c.client.SearchUsers(ctx, strings.TrimPrefix(args[0], "@"), 0, "")
	for _, u := range found.Items {
		c.printf("@%s (%s) %s\n", u.Username, u.UserID, u.Nickname)
	}
	return err
}

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

// request finds a pending request by its id or by who made it.
func (c *cli) request(ctx context.Context, which string) (string, error) {
	if _, err := model.ParseID(which); err == nil {
		return which, nil
	}
	from, err := c.user(ctx, which)
	if err != nil {
		return "", err
	}
	page, err := c.client.FriendRequests(ctx, "incoming", "pending", 0, "")
	for _, r := range page.Items {
		if r.FromUserID == from {
			return r.RequestID, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("%s has not asked you", which)
	}
	return "", err
}

func accept(ctx context.Context, c *cli, args []string) error {
	id, err := c.request(ctx, args[0])
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
	id, err := c.request(ctx, args[0])
	if err != nil {
		return err
	}
	_, err = c.client.RejectFriend(ctx, id)
	return err
}

func friends(ctx context.Context, c *cli, _ []string) error {
	for cursor := ""; ; {
		page, err := c.client.Friends(ctx, 0, 0, cursor)
		if err != nil {
			return err
		}
		for _, f := range page.Items {
			c.printf("@%s (%s) %s\n", f.User.Username, f.User.UserID, f.Remark)
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

// group has sub-commands of its own; a GROUP is an id, or its conversation g:id.
func group(ctx context.Context, c *cli, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	verb, args := args[0], args[1:]
	switch {
	case verb == "create" && len(args) >= 1:
		return createGroup(ctx, c, args[0], args[1:])
	case verb == "list" && len(args) == 0:
		return listGroups(ctx, c)
	case len(args) == 0:
		return errUsage
	}
	id := strings.TrimPrefix(args[0], "g:")
	switch {
	case verb == "members" && len(args) == 1:
		return listMembers(ctx, c, id)
	case verb == "add" && len(args) >= 2:
		return addMembers(ctx, c, id, args[1:])
	case verb == "kick" && len(args) == 2:
		user, err := c.user(ctx, args[1])
		if err != nil {
			return err
		}
		return c.client.RemoveMember(ctx, id, user)
	case verb == "leave" && len(args) == 1:
		return c.client.LeaveGroup(ctx, id)
	case verb == "dismiss" && len(args) == 1:
		return c.client.DismissGroup(ctx, id)
	}
	return errUsage
}

func createGroup(ctx context.Context, c *cli, name string, who []string) error {
	ids, err := c.users(ctx, who)
	if err != nil {
		return err
	}
	g, err := c.client.CreateGroup(ctx, imclient.NewGroup{Name: name, MemberIDs: ids})
	if err != nil {
		return err
	}
	c.printf("g:%s  %s, %d members\n", g.GroupID, g.Name, g.MemberCount)
	return nil
}

func listGroups(ctx context.Context, c *cli) error {
	for cursor := ""; ; {
		page, err := c.client.Groups(ctx, 0, cursor)
		if err != nil {
			return err
		}
		for _, g := range page.Items {
			c.printf("g:%s  %s, %d members, you are %s\n", g.GroupID, g.Name, g.MemberCount, g.MyRole)
		}
		if cursor = page.NextCursor; cursor == "" {
			return nil
		}
	}
}

func listMembers(ctx context.Context, c *cli, id string) error {
	for cursor := ""; ; {
		page, err := c.client.Members(ctx, id, 0, cursor)
		if err != nil {
			return err
		}
		for _, m := range page.Items {
			c.printf("@%s (%s) %s\n", c.name(ctx, m.UserID), m.UserID, m.Role)
		}
		if cursor = page.NextCursor; cursor == "" {
			return nil
		}
	}
}

func addMembers(ctx context.Context, c *cli, id string, who []string) error {
	ids, err := c.users(ctx, who)
	if err != nil {
		return err
	}
	got, err := c.client.AddMembers(ctx, id, ids...)
	for _, user := range got.Added {
		c.printf("added @%s\n", c.name(ctx, user))
	}
	for _, f := range got.Failed {
		c.printf("not added @%s: %s\n", c.name(ctx, f.UserID), f.Reason)
	}
	return err
}
