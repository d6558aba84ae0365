// Package logic serves the calls: each decodes, calls the room with the rule once, and encodes.
package logic

import (
	"im-backend/auth-service/internal/session"
	"im-backend/auth-service/internal/throttle"
	"im-backend/auth-service/internal/token"
	"im-backend/common/model"
	"im-backend/common/proto/gen/authpb"
)

func deviceIn(d *authpb.Device) session.Device {
	return session.Device{ID: d.GetDeviceId(), Platform: d.GetPlatform(), Name: d.GetName()}
}

func sessionOf(s session.Session) *authpb.Session {
	return &authpb.Session{
		SessionId:  s.ID,
		Device:     &authpb.Device{DeviceId: s.Device.ID, Platform: s.Device.Platform, Name: s.Device.Name},
		Ip:         s.IP,
		CreatedAt:  s.CreatedAt,
		LastSeenAt: s.LastSeenAt,
	}
}

func tokensOf(t session.Tokens) *authpb.Tokens {
	return &authpb.Tokens{
		AccessToken:      t.Access,
		AccessExpiresAt:  t.AccessExpiresAt,
		RefreshToken:     t.Refresh,
		RefreshExpiresAt: t.RefreshExpiresAt,
	}
}

func identityOf(id token.Identity) *authpb.Identity {
	return &authpb.Identity{UserId: int64(id.User), SessionId: id.Session, DeviceId: id.DeviceID, Platform: id.Platform}
}

func identityIn(id *authpb.Identity) token.Identity {
	return token.Identity{
		User: model.UserID(id.GetUserId()), Session: id.GetSessionId(), DeviceID: id.GetDeviceId(), Platform: id.GetPlatform(),
	}
}

func identitiesIn(ids []*authpb.Identity) []token.Identity {
	out := make([]token.Identity, 0, len(ids))
	for _, id := range ids {
		out = append(out, identityIn(id))
	}
	return out
}

func attemptIn(a *authpb.Attempt) throttle.Attempt {
	kinds := map[authpb.AttemptKind]throttle.Kind{
		authpb.AttemptKind_ATTEMPT_KIND_LOGIN: throttle.Login, authpb.AttemptKind_ATTEMPT_KIND_PASSWORD: throttle.Password,
		authpb.AttemptKind_ATTEMPT_KIND_REGISTER: throttle.Register,
	}
	return throttle.Attempt{Kind: kinds[a.GetKind()], Account: a.GetAccount(), Address: a.GetAddress()}
}

func signingKeyOf(k token.Key) *authpb.SigningKey {
	return &authpb.SigningKey{Kid: k.ID, CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt}
}
