package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"

	"im-backend/common/proto/gen/authpb"
)

func listKeys(ctx context.Context, o options, out io.Writer) error {
	auth, closing, err := connect(ctx, o, "auth", o.auth, authpb.NewAuthServiceClient)
	if err != nil {
		return err
	}
	defer closing()
	got, err := auth.ListSigningKeys(ctx, &authpb.ListSigningKeysRequest{}, grpc.WaitForReady(true))
	if err != nil {
		return fmt.Errorf("list keys: %w", err)
	}
	for _, key := range got.GetKeys() {
		state := "signs"
		if key.GetExpiresAt() != 0 {
			state = "verifies until " + moment(key.GetExpiresAt())
		}
		fmt.Fprintf(out, "%s  made %s  %s\n", key.GetKid(), moment(key.GetCreatedAt()), state)
	}
	return nil
}

// rotateKey is not repeated by itself: when it is not known whether a key was made, list says so.
func rotateKey(ctx context.Context, o options, out io.Writer) error {
	auth, closing, err := connect(ctx, o, "auth", o.auth, authpb.NewAuthServiceClient)
	if err != nil {
		return err
	}
	defer closing()
	got, err := auth.RotateSigningKey(ctx, &authpb.RotateSigningKeyRequest{}, grpc.WaitForReady(true))
	if err != nil {
		return fmt.Errorf("rotate keys: %w", err)
	}
	fmt.Fprintf(out, "%s signs from now on; the older ones go when their last token has expired\n", got.GetKey().GetKid())
	return nil
}

func moment(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
