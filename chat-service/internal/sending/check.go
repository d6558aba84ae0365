package sending

import (
	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
)

// Check is what Submit checks before it looks at who may write where. Errors: INVALID_ARGUMENT, CONVERSATION_NOT_FOUND.
func (d Draft) Check(sender model.UserID) error {
	if _, err := d.address(sender); err != nil {
		return err
	}
	_, err := message.New(d.ClientMsgID, d.Type, d.Content, d.ReplyToSeq, d.Mentions)
	return err
}
