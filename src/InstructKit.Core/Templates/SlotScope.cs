using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Templates;

/// <summary>The names that an expression may use, by slot. A name given again hides the older slot.</summary>
internal sealed class SlotScope(string what)
{
    // Names that the language itself provides; tasks need not declare them.
    private static readonly string[] Builtins = ["range", "dict", "namespace", "zip", "cycler", "joiner", "lipsum", "loop", "raise_exception", "strftime_now"];

    private readonly List<string> _names = [];

    /// <summary>Names in slot order; a hidden slot has a name that no template can write.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Assigns a name to a slot, filling any gap with unreachable names.</summary>
    public void Add(string name, int slot)
    {
        if (SlotOf(name) is >= 0 and var hidden) _names[hidden] = Unreachable(hidden);

        Pad(slot + 1);
        _names[slot] = name;
    }

    /// <summary>A copy that can grow independently.</summary>
    public SlotScope Copy()
    {
        var copy = new SlotScope(what);
        copy._names.AddRange(_names);
        return copy;
    }

    public int SlotOf(string name) => _names.IndexOf(name);

    /// <summary>True for a name that the language itself provides.</summary>
    public static bool IsBuiltin(string name) => Array.IndexOf(Builtins, name) >= 0;

    /// <summary>Options for compiling expressions against this scope.</summary>
    public TemplateOptions Options => OptionsFor(Dialect.Jinja);

    /// <summary>Options for compiling templates of a dialect against this scope.</summary>
    public TemplateOptions OptionsFor(Dialect dialect) => TemplateOptions.For(dialect) with { Slots = [.. _names], LabelsAreNotNegative = true };

    /// <summary>Extends the scope to at least that many slots.</summary>
    public void Pad(int count)
    {
        while (_names.Count < count) _names.Add(Unreachable(_names.Count));
    }

    /// <summary>Compiles an expression; errors are added to the diagnostics and null is returned.</summary>
    public TemplateExpression? Compile(SourceText source, List<Diagnostic> diagnostics) =>
        Compile(source, diagnostics, () => TemplateExpression.Parse(source, Options), expression => expression.UndeclaredNames);

    /// <summary>Compiles a template; errors are added to the diagnostics and null is returned.</summary>
    public Template? CompileTemplate(SourceText source, Dialect dialect, List<Diagnostic> diagnostics) =>
        Compile(source, diagnostics, () => Template.Parse(source, OptionsFor(dialect)), template => template.UndeclaredNames);

    /// <summary>Compiles a template for input and target; errors are added to the diagnostics and null is returned.</summary>
    public PromptsourceTemplate? CompilePromptsource(SourceText source, SourceText? choices, List<Diagnostic> diagnostics)
    {
        // promptsource's own templates modify lists of the row; changed values are read again for the next template.
        var options = OptionsFor(Dialect.Promptsource) with { MutableRows = true };
        return Compile(source, diagnostics, () => PromptsourceTemplate.Parse(source, choices, options), template => template.UndeclaredNames);
    }

    private T? Compile<T>(SourceText source, List<Diagnostic> diagnostics, Func<T> parse, Func<T, IReadOnlyList<string>> namesOf)
        where T : class
    {
        try
        {
            var parsed = parse();
            return Check(namesOf(parsed), source, diagnostics) ? parsed : null;
        }
        catch (DiagnosticException exception)
        {
            diagnostics.AddRange(exception.Diagnostics);
            return null;
        }
    }

    private static string Unreachable(int slot) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\0{slot}");

    private bool Check(IReadOnlyList<string> names, SourceText source, List<Diagnostic> diagnostics)
    {
        var good = true;
        foreach (var name in names)
        {
            if (SlotOf(name) >= 0 || IsBuiltin(name)) continue;

            good = false;
            var visible = _names.Where(known => !known.StartsWith('\0'));
            diagnostics.Add(new Diagnostic(TaskCodes.UnknownColumn, Severity.Error, $"{what} has no '{name}'.", Place(source, name))
            { Hint = NearestName.Hint(name, visible) ?? $"It has {string.Join(", ", visible)}." });
        }

        return good;
    }

    // The first whole-word occurrence of the name that is not plain text between tags; correct whenever the name is used once.
    private static SourceSpan Place(SourceText source, string name)
    {
        SourceSpan? inText = null;
        for (var at = source.Text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = source.Text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            if ((at == 0 || !IsWord(source.Text[at - 1])) && (at + name.Length == source.Text.Length || !IsWord(source.Text[at + name.Length])))
            {
                var place = new SourceSpan(source, at, name.Length);
                if (IsInTag(source.Text, at)) return place;

                inText ??= place;
            }
        }

        return inText ?? new SourceSpan(source, 0, 0);
    }

    // A standalone expression has no tags.
    private static bool IsInTag(string text, int at)
    {
        var before = text.AsSpan(0, at);
        return before.LastIndexOf('{') > before.LastIndexOf('}') || !text.Contains('{', StringComparison.Ordinal);
    }

    private static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '.';
}
