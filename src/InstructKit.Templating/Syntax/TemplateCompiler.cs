using InstructKit.Diagnostics;

namespace InstructKit.Templating;

/// <summary>Turns source into programs.</summary>
internal static class TemplateCompiler
{
    public static Program? CompileTemplate(SourceText source, TemplateOptions options, out IReadOnlyList<Diagnostic> diagnostics)
    {
        List<RenderNode> body = [];
        var text = source.Text;
        var at = 0;
        diagnostics = [];
        List<string> names = [];
        while (at < text.Length)
        {
            var open = text.IndexOf("{{", at, StringComparison.Ordinal);
            var close = open < 0 ? -1 : text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) break;
            if (open > at) body.Add(new LiteralNode(text[at..open]));
            var name = text[(open + 2)..close].Trim();
            names.Add(name);
            body.Add(new SlotOutputNode(options.Slots.ToList().IndexOf(name), default));
            at = close + 2;
        }

        if (at < text.Length) body.Add(new LiteralNode(text[at..]));
        return new Program { Body = [.. body], LocalCount = 0, UndeclaredNames = names };
    }

    public static Program? CompileExpression(SourceText source, TemplateOptions options, out IReadOnlyList<Diagnostic> diagnostics)
    {
        diagnostics = [];
        var slot = options.Slots.ToList().IndexOf(source.Text.Trim());
        return new Program { Body = [], LocalCount = 0, UndeclaredNames = [source.Text.Trim()], Expression = new SlotNode(slot, default) };
    }
}
