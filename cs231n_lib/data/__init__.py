"""What every lesson loads: images and captions, in one call."""
