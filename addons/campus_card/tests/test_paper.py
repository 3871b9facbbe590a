import io
import tempfile

from odoo.tests import TransactionCase, tagged
from pypdf import PdfReader

from .. import paper

ROWS = "".join(f"<tr><td>{number}</td><td>林晓雨</td></tr>" for number in range(1, 121))


@tagged("post_install", "-at_install")
class TestPaper(TransactionCase):
    """Our documents as PDF."""

    def pages(self, html):
        return PdfReader(io.BytesIO(paper.to_pdf(html))).pages

    def test_heads_are_repeated_pages_are_numbered_and_fonts_are_inside(self):
        body = f"<h1>名单</h1><table><thead><tr><th>序号</th><th>姓名</th></tr></thead>{ROWS}</table>"
        view = self.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "arch": f'<t t-name="t"><t t-call="campus_card.paper"><t t-set="title">名单</t>{body}</t></t>',
            }
        )
        company = self.env.company
        made = paper.render(self.env(context={"lang": "zh_CN"}), view.id, company, {})
        pages = PdfReader(io.BytesIO(made)).pages
        self.assertGreater(len(pages), 2)
        for number, page in enumerate(pages, 1):
            text = page.extract_text()
            self.assertIn("姓名", text)
            self.assertIn("林晓雨", text)
            self.assertIn(f"{number} / {len(pages)}", text)
            for font in page["/Resources"]["/Font"].values():
                described = font["/DescendantFonts"][0]["/FontDescriptor"]
                self.assertTrue({"/FontFile2", "/FontFile3"} & described.keys())
        self.assertIn(company.name, pages[0].extract_text())

    def test_nothing_is_fetched(self):
        with tempfile.NamedTemporaryFile(suffix=".svg") as picture:
            picture.write(b'<svg xmlns="http://www.w3.org/2000/svg"><text y="9">secret</text></svg>')
            picture.flush()
            (page,) = self.pages(f'<p>Text</p><img src="file://{picture.name}"/>')
        self.assertEqual(page.extract_text().strip(), "Text")
