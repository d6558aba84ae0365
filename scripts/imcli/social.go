package main

import (
	"context"
	"strings"

	"im-backend/common/imclient"
)

func search(ctx context.Context, c *cli, args []string) error {
	found, err := c.client.SearchUsers(ctx, strings.TrimPrefix(args[0], "@"), 0, "")
	for _, u := range found.Items {
		c.printf("@%s (%s) %s\n", u.Username, u.UserID, u.Nickname)
	}
	return err
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
	if known, err := joining(ctx, c, verb, id, args[1:]); known {
		return err
	}
	switch {
	case verb == "add" && len(args) >= 2:
		return addMembers(ctx, c, id, args[1:])
	case verb == "kick" && len(args) == 2:
		return c.towards(ctx, id, args[1], c.client.RemoveMember, "@%s is no member any more\n")
	case verb == "leave" && len(args) == 1:
		return c.endWith(c.client.LeaveGroup(ctx, id), "you have left g:%s\n", id)
	case verb == "dismiss" && len(args) == 1:
		return c.endWith(c.client.DismissGroup(ctx, id), "g:%s is dismissed\n", id)
	}
	if run, ok := groupVerbs[verb]; ok {
		return run(ctx, c, id, args[1:])
	}
	return errUsage
}

// endWith prints a line unless something went wrong.
func (c *cli) endWith(err error, format string, args ...any) error {
	if err == nil {
		c.printf(format, args...)
	}
	return err
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
