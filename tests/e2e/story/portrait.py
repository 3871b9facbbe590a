"""A photo for a made-up person, so that a screen has a face to show."""

import io

from PIL import Image, ImageDraw

SIZE = (480, 600)


def portrait():
    """JPEG of somebody before a light wall."""
    image = Image.new("RGB", SIZE, "#cfdcec")
    draw = ImageDraw.Draw(image)
    draw.ellipse((130, 90, 350, 350), fill="#2b2522")
    draw.rectangle((205, 330, 275, 430), fill="#dba985")
    draw.ellipse((60, 400, 420, 760), fill="#345a8a")
    draw.polygon(((205, 402), (275, 402), (240, 470)), fill="#f4f1ea")
    draw.ellipse((155, 130, 325, 370), fill="#eec19d")
    draw.pieslice((140, 95, 340, 300), 180, 360, fill="#2b2522")
    for x in (203, 267):
        draw.ellipse((x, 246, x + 12, 260), fill="#2b2522")
    draw.arc((205, 270, 275, 325), 25, 155, fill="#a3543f", width=5)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=88)
    return stream.getvalue()
