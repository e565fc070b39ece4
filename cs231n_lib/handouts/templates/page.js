window.MathJax = {
  tex: {inlineMath: [["$", "$"], ["\\(", "\\)"]]},
  options: {ignoreHtmlClass: "output|input_area", processHtmlClass: "rendered_html", enableMenu: false},
  svg: {fontCache: "global"},
  startup: {pageReady() { return MathJax.startup.defaultPageReady().then(reachable); }}
};
function reachable() { // what scrolls is a tab stop, so that the arrow keys scroll it
  document.querySelectorAll('mjx-container[display="true"], .output_wrapper, .slides .present').forEach(function (box) {
    var tall = box.matches(".present") && box.scrollHeight > box.clientHeight;
    if (tall || box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
  });
}
addEventListener("resize", reachable);
document.addEventListener("toggle", reachable, true);
