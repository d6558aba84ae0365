package main

import (
	"context"
)

func sessions(ctx context.Context, c *cli, _ []string) error {
	all, err := c.client.Sessions(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		mark := ""
		if s.Current {
			mark = " (this one)"
		}
		c.printf("%s  %s  %s  %s%s\n", s.SessionID, s.Platform, s.Name, s.IP, mark)
	}
	return nil
}

func revoke(ctx context.Context, c *cli, args []string) error {
	if err := c.client.RevokeSession(ctx, args[0]); err != nil {
		return err
	}
	c.printf("session %s has ended\n", args[0])
	return nil
}

func revokeOthers(ctx context.Context, c *cli, _ []string) error {
	if err := c.client.RevokeOtherSessions(ctx); err != nil {
		return err
	}
	c.printf("all other sessions have ended\n")
	return nil
}

func password(ctx context.Context, c *cli, args []string) error {
	given, err := c.secrets(args, "present password", "new password")
	if err != nil {
		return err
	}
	if err := c.client.ChangePassword(ctx, given[0], given[1]); err != nil {
		return err
	}
	c.printf("the password is changed, all other sessions have ended\n")
	return nil
}

func deleteAccount(ctx context.Context, c *cli, args []string) error {
	given, err := c.secrets(args, "password")
	if err != nil {
		return err
	}
	if err := c.client.DeleteAccount(ctx, given[0]); err != nil {
		return err
	}
	c.printf("the account is deleted\n")
	return nil
}

// secrets are the arguments of a command, or what is typed when there are none.
func (c *cli) secrets(args []string, names ...string) ([]string, error) {
	if len(args) == len(names) {
		return args, nil
	}
	if len(args) != 0 {
		return nil, errUsage
	}
	given := make([]string, 0, len(names))
	for _, name := range names {
		text, err := c.prompt(name)
		if err != nil {
			return nil, err
		}
		given = append(given, text)
	}
	return given, nil
}
