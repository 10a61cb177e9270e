namespace InstructKit.Yaml;

/// <summary>Reads a mapping against a fixed list of keys and collects errors instead of stopping at the first. Every known key must be
/// requested; <see cref="Finish"/> then reports the others with the nearest known names.</summary>
public sealed class YamlForm
{
    private readonly YamlMap _map;
    private readonly List<Diagnostic> _diagnostics;
    private readonly List<string> _known = [];
    private readonly string _what;

    /// <summary>Starts reading a mapping; <paramref name="what"/> names it in messages (<c>a task</c>, <c>a layout</c>).</summary>
    public YamlForm(YamlMap map, string what, List<Diagnostic> diagnostics)
    {
        _map = map;
        _what = what;
        _diagnostics = diagnostics;
    }

    /// <summary>The value under a key if present and not null.</summary>
    public YamlNode? Take(string key)
    {
        _known.Add(key);
        return _map.Find(key) is { } node and not YamlScalar { IsNull: true } ? node : null;
    }

    /// <summary>The text under a key, or null.</summary>
    public YamlScalar? TakeScalar(string key) => As<YamlScalar>(key, Take(key), "a text");

    /// <summary>The text under a required key.</summary>
    public YamlScalar? RequireScalar(string key)
    {
        var scalar = TakeScalar(key);
        if (scalar is null && _map.Find(key) is null or YamlScalar { IsNull: true }) Missing(key);

        return scalar;
    }

    /// <summary>The mapping under a key, or null.</summary>
    public YamlMap? TakeMap(string key) => As<YamlMap>(key, Take(key), "a mapping");

    /// <summary>The list under a key, or null.</summary>
    public YamlList? TakeList(string key) => As<YamlList>(key, Take(key), "a list");

    /// <summary>Begins to read a node as a mapping; null, with an error, when it is none.</summary>
    /// <param name="kind">What it should be, with its article, such as <c>A layout</c>.</param>
    /// <param name="what">Names it in messages; null for <paramref name="kind"/>.</param>
    internal YamlForm? Below(YamlNode node, string kind, string? what = null)
    {
        if (node is YamlMap map) return new YamlForm(map, what ?? kind, _diagnostics);

        Error(YamlCodes.WrongType, $"{kind} is a mapping, found {node.Noun}.", node.Span);
        return null;
    }

    /// <summary>A text or a list of texts under a key; empty if missing.</summary>
    public IReadOnlyList<YamlScalar> TakeScalars(string key) => Scalars(key, Take(key));

    /// <summary>A whole number under a key.</summary>
    public long? TakeInteger(string key, long min, long max)
    {
        if (TakeScalar(key) is not { } scalar) return null;

        if (long.TryParse(scalar.Text.Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max)
        {
            return value;
        }

        var range = min == long.MinValue ? scalar.Text.TrimStart('-').All(char.IsAsciiDigit) ? " from -2^63 to 2^63-1" : string.Empty
            : max == long.MaxValue ? string.Create(CultureInfo.InvariantCulture, $" from {min} on")
            : string.Create(CultureInfo.InvariantCulture, $" from {min} to {max}");
        Error(YamlCodes.WrongType, $"'{key}' is a whole number{range}, found '{scalar.Text}'.", scalar.Span);
        return null;
    }

    /// <summary>True or false under a key.</summary>
    public bool? TakeBoolean(string key)
    {
        if (TakeScalar(key) is not { } scalar) return null;

        if (scalar.Text is "true" or "false") return scalar.Text == "true";

        Error(YamlCodes.WrongType, $"'{key}' is true or false, found '{scalar.Text}'.", scalar.Span);
        return null;
    }

    /// <summary>One of a fixed list of values under a key, as its index; null if missing or invalid.</summary>
    public int? TakeChoice(string key, IReadOnlyList<string> allowed) => TakeScalar(key) is { } scalar ? ChoiceOf(key, scalar, allowed) : null;

    /// <summary>The index of a value in a fixed list; reports an unknown value.</summary>
    public int? ChoiceOf(string key, YamlScalar scalar, IReadOnlyList<string> allowed)
    {
        for (var i = 0; i < allowed.Count; i++)
        {
            if (string.Equals(allowed[i], scalar.Text, StringComparison.Ordinal)) return i;
        }

        Error(
            YamlCodes.UnknownValue, $"'{scalar.Text}' is not a value of '{key}'; it takes {string.Join(", ", allowed)}.", scalar.Span,
            NearestName.Hint(scalar.Text, allowed));
        return null;
    }

    /// <summary>The texts of a node that is a text or a list of texts.</summary>
    public IReadOnlyList<YamlScalar> Scalars(string key, YamlNode? node)
    {
        switch (node)
        {
            case null: return [];
            case YamlScalar one: return [one];
            case YamlList list:
                foreach (var item in list.Items)
                {
                    if (item is not YamlScalar) Error(YamlCodes.WrongType, $"'{key}' lists texts, found {item.Noun}.", item.Span);
                }

                return [.. list.Items.OfType<YamlScalar>()];
            default:
                Error(YamlCodes.WrongType, $"'{key}' is a text or a list of texts, found {node.Noun}.", node.Span);
                return [];
        }
    }

    /// <summary>Reports a missing key.</summary>
    public void Missing(string key) => Error(YamlCodes.MissingKey, $"{_what} needs the key '{key}'.", _map.Span with { Length = 0 });

    /// <summary>Reports an error.</summary>
    public void Error(string code, string message, SourceSpan span, string? hint = null) =>
        _diagnostics.Add(new Diagnostic(code, Severity.Error, message, span) { Hint = hint });

    /// <summary>Reports every key that was never requested.</summary>
    public void Finish()
    {
        foreach (var entry in _map.Entries)
        {
            if (!_known.Contains(entry.Key.Text, StringComparer.Ordinal))
            {
                Error(
                    YamlCodes.UnknownKey, $"{_what} has no key '{entry.Key.Text}'.", entry.Key.Span,
                    NearestName.Hint(entry.Key.Text, _known) ?? $"It has {string.Join(", ", _known)}.");
            }
        }
    }

    private T? As<T>(string key, YamlNode? node, string wanted)
        where T : YamlNode
    {
        if (node is null or T) return (T?)node;

        Error(YamlCodes.WrongType, $"'{key}' is {wanted}, found {node.Noun}.", node.Span);
        return null;
    }
}
