// Package attempt throttles what clients try with passwords. auth-service counts; here an attempt is admitted before it is made
// and settled after it.
package attempt

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"im-backend/api-gateway/internal/caller"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/utils/errs"
)

// Login is an attempt to sign in to an account by its name.
func Login(ctx context.Context, username string) *authpb.Attempt {
	return &authpb.Attempt{
		Kind: authpb.AttemptKind_ATTEMPT_KIND_LOGIN, Account: username, Address: caller.Address(ctx),
	}
}

// Password is an attempt of the caller, who is signed in, to prove its password again.
func Password(ctx context.Context) *authpb.Attempt {
	return &authpb.Attempt{
		Kind: authpb.AttemptKind_ATTEMPT_KIND_PASSWORD, Account: strconv.FormatInt(caller.UserID(ctx), 10), Address: caller.Address(ctx),
	}
}

// Register is an attempt to make an account.
func Register(ctx context.Context) *authpb.Attempt {
	return &authpb.Attempt{Kind: authpb.AttemptKind_ATTEMPT_KIND_REGISTER, Address: caller.Address(ctx)}
}

// Make makes an attempt if it is admitted. A right password takes the count back, a wrong one and a registration leave it; what
// did not get as far as the password does not count. Errors: RATE_LIMITED, UNAVAILABLE, and those of try.
func Make(ctx context.Context, auth authpb.AuthServiceClient, a *authpb.Attempt, try func() error) error {
	if _, err := auth.AdmitAttempt(ctx, &authpb.AdmitAttemptRequest{Attempt: a}); err != nil {
		return fmt.Errorf("admit attempt: %w", err)
	}
	err := try()
	switch outcomeOf(a, err) {
	case proved:
		if _, settleErr := auth.SettleAttempt(ctx, &authpb.SettleAttemptRequest{Attempt: a, Proved: true}); settleErr != nil {
			return fmt.Errorf("settle attempt: %w", settleErr)
		}
	case untried:
		// When this fails too the attempt stays counted, and is forgotten as if it had failed.
		_, _ = auth.SettleAttempt(ctx, &authpb.SettleAttemptRequest{Attempt: a})
	case counts:
	}
	return err
}

// outcome is what an attempt came to.
type outcome int

const (
	counts  outcome = iota // the password was wrong, or an account was made or its name taken
	proved                 // the password was right
	untried                // no password was looked at
)

func outcomeOf(a *authpb.Attempt, err error) outcome {
	registers := a.GetKind() == authpb.AttemptKind_ATTEMPT_KIND_REGISTER
	switch {
	case err == nil && registers, errors.Is(err, errs.ErrInvalidCredentials), errors.Is(err, errs.ErrUsernameTaken):
		return counts
	case err == nil, errors.Is(err, errs.ErrUserBanned):
		return proved
	}
	return untried
}
