package model

// OutboxRow is a change that the conversation logs have not got yet: a row of the table "outbox" that every database with
// changes for the logs has. Package outbox writes and relays it.
type OutboxRow struct {
	// ID is given by the database and never given again, not even after the row is deleted: the retry key is made of it.
	ID        int64  `gorm:"primaryKey;autoIncrement"`
	Aggregate string `gorm:"type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;not null;index:idx_outbox_aggregate"` // rows of one aggregate are sent in order
	Kind      string `gorm:"type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;not null"`                            // append or relation
	Payload   []byte `gorm:"size:65536;not null"`                                                                        // the protobuf request, without its retry key
	Status    int8   `gorm:"not null;default:0"`                                                                         // 0 pending, 1 parked: refused for good
	CreatedAt int64  `gorm:"not null;autoCreateTime:false"`                                                              // unix milliseconds
}

// TableName is the same in every database.
func (OutboxRow) TableName() string { return "outbox" }
