"""What a person does about how they are reached: devices that show messages, a chat at Telegram, and trying it."""
