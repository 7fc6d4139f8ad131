"""What Zigbee devices expose, by Zigbee2MQTT's own declaration, mapped to the vocabulary."""
