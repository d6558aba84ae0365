package sending

import (
	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// Check is what Submit checks before it looks at who may write where. Errors: INVALID_ARGUMENT, CONVERSATION_NOT_FOUND.
func (d Draft) Check(sender model.UserID) error {
	_, _, err := d.checked(sender)
	return err
}

// checked answers where a draft goes and what it says.
func (d Draft) checked(sender model.UserID) (committer.Address, message.Message, error) {
	to, err := d.address(sender)
	if err != nil {
		return to, message.Message{}, err
	}
	m, err := message.New(d.ClientMsgID, d.Type, d.Content, d.ReplyToSeq, d.Mentions)
	if err != nil {
		return to, m, err
	}
	if d.ExpireAfterRead != 0 && to.Type == model.Single && to.Low == to.High {
		return to, m, errs.InvalidField("expireAfterRead", "nobody else reads notes to oneself")
	}
	m, err = m.Expiring(d.ExpireAfterRead)
	return to, m, err
}
