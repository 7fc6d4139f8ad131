"""What channels report of messages that they have accepted: delivered, read, failed, or a digit that was pressed."""
