using System.Diagnostics.CodeAnalysis;
using InstructKit.Sources.Json;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Rendering;

/// <summary>Values by bytes. Bounded, for rows may have a new template each: a full cache is emptied before the next value goes in.</summary>
internal sealed class BytesCache<T>
{
    private const int MaxEntries = 1024;
    private const int MaxKeyBytes = 32 << 20;

    private readonly Dictionary<byte[], T> _entries = new(Utf8Comparer.Instance);
    private long _keyBytes;

    public bool IsFull => _entries.Count >= MaxEntries || _keyBytes > MaxKeyBytes;

    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out T value) => _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out value);

    public void Add(ReadOnlySpan<byte> key, T value)
    {
        if (IsFull) Clear();
        _entries.Add(key.ToArray(), value);
        _keyBytes += key.Length;
    }

    public void Clear()
    {
        _entries.Clear();
        _keyBytes = 0;
    }
}

/// <summary>The templates that a worker compiled last, keyed by everything that decides them.</summary>
internal sealed class TemplateCache(RenderRequest request)
{
    private readonly TemplateOptions _options = TemplateOptions.For(request.Dialect) with { Limits = request.Limits, MutableRows = request.OptionsColumn is not null };
    private readonly Utf8Output _key = new();
    private readonly BytesCache<(RowTemplate? Template, IReadOnlyList<Diagnostic> Errors)> _entries = new();

    /// <summary>The compiled template for texts and settings.</summary>
    /// <param name="template">The row's template; undefined if it is shared.</param>
    /// <param name="choices">The row's template of the choices; undefined or none if it has none.</param>
    /// <param name="settings">The row's settings; undefined or none if it has none.</param>
    /// <exception cref="DiagnosticException">The texts are not templates, or a setting does not exist.</exception>
    public RowTemplate Get(Value template, Value choices, Value settings)
    {
        _key.Length = 0;
        AppendKey(template);
        AppendKey(choices);
        AppendKey(settings);
        if (!_entries.TryGet(_key.Written, out var entry))
        {
            entry = Make(template, choices, settings);
            _entries.Add(_key.Written, entry);
        }

        return entry.Template ?? throw new DiagnosticException(entry.Errors);
    }

    // A byte that no UTF-8 text contains separates the parts.
    private void AppendKey(Value part)
    {
        if (part.TryGetText(out var text))
        {
            _key.AppendRaw("\""u8);
            _key.AppendRaw(text);
        }
        else
        {
            part.AppendJson(_key);
        }

        _key.AppendRaw([0xff]);
    }

    private (RowTemplate? Template, IReadOnlyList<Diagnostic> Errors) Make(Value template, Value choices, Value settings)
    {
        try
        {
            var source = template.IsUndefined ? request.Template! : SourceOf(request.TemplateColumn!, template); // one of the two is given
            var choicesSource = choices.IsUndefined || choices.IsNone ? request.Choices : SourceOf(request.ChoicesColumn!, choices);
            return (RowTemplate.Compile(source, choicesSource, TemplateSettings.Read(settings, _options), request), []);
        }
        catch (DiagnosticException exception)
        {
            return (null, exception.Diagnostics);
        }
    }

    private static SourceText SourceOf(string column, Value text) =>
        text.TryGetText(out var utf8)
            ? SourceText.FromText(column, Encoding.UTF8.GetString(utf8))
            : throw new DiagnosticException(new Diagnostic(
                Templates.RowCodes.ColumnType, Severity.Error, $"the field '{column}' holds a template, which is a text; found {text.Kind.ToString().ToLowerInvariant()}"));
}
