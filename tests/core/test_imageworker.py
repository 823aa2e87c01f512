import io

from PIL import Image as Pillow

from core.imageworker import ImageWorkers


async def test_a_picture_comes_back_normalised() -> None:
    out = io.BytesIO()
    Pillow.new("RGB", (1600, 800), "teal").save(out, "PNG")
    async with ImageWorkers() as workers:
        image = await workers.normalise(out.getvalue())
    assert (image.width, image.height) == (768, 384)
    assert image.jpeg.startswith(b"\xff\xd8")
    assert len(image.hash) == 64
