using InstructKit.Sources.Json;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Rendering;

/// <summary>The templates that a worker compiled last, keyed by everything that determines them. Bounded, because every row may have a new template.</summary>
internal sealed class TemplateCache
{
    private const int MaxTemplates = 1024;
    private const int MaxKeyBytes = 32 << 20;

    private readonly RenderRequest _request;
    private readonly TemplateOptions _options;
    private readonly Utf8Output _key = new();
    private readonly Dictionary<byte[], Entry> _entries = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], Entry>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private long _keyBytes;

    public TemplateCache(RenderRequest request)
    {
        _request = request;
        _options = TemplateOptions.For(request.Dialect) with { Limits = request.Limits, MutableRows = request.OptionsColumn is not null };
        _byBytes = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

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
        if (!_byBytes.TryGetValue(_key.Written, out var entry))
        {
            entry = Make(template, choices, settings);
            if (_entries.Count >= MaxTemplates || _keyBytes + _key.Length > MaxKeyBytes)
            {
                _entries.Clear();
                _keyBytes = 0;
            }

            _entries.Add(_key.Written.ToArray(), entry);
            _keyBytes += _key.Length;
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

    private Entry Make(Value template, Value choices, Value settings)
    {
        try
        {
            var source = template.IsUndefined ? _request.Template! : SourceOf(_request.TemplateColumn!, template); // one of the two is given
            var choicesSource = choices.IsUndefined || choices.IsNone ? _request.Choices : SourceOf(_request.ChoicesColumn!, choices);
            return new Entry(RowTemplate.Compile(source, choicesSource, TemplateSettings.Read(settings, _options), _request), []);
        }
        catch (DiagnosticException exception)
        {
            return new Entry(null, exception.Diagnostics);
        }
    }

    private static SourceText SourceOf(string column, Value text) =>
        text.TryGetText(out var utf8)
            ? SourceText.FromText(column, Encoding.UTF8.GetString(utf8))
            : throw new DiagnosticException(new Diagnostic(
                Templates.RowCodes.ColumnType, Severity.Error, $"the field '{column}' holds a template, which is a text; found {text.Kind.ToString().ToLowerInvariant()}"));

    private readonly record struct Entry(RowTemplate? Template, IReadOnlyList<Diagnostic> Errors);
}
