"""Jobs and runners in Redis: commands described once, carried by an asyncio and a blocking client."""
