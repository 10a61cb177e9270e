namespace InstructKit.Templating;

/// <summary>Which family of templates a text belongs to; decides settings and the names that are known.</summary>
public enum Dialect
{
    /// <summary>Plain Jinja2 with its default settings.</summary>
    Jinja,

    /// <summary>promptsource: plain Jinja2; used through <see cref="PromptsourceTemplate"/>.</summary>
    Promptsource,

    /// <summary>lm-evaluation-harness: strict undefined, the trailing newline is kept.</summary>
    LmEval,

    /// <summary>Hugging Face chat templates: sandbox, trimmed blocks, <c>raise_exception</c>, <c>strftime_now</c>, the generation tag.</summary>
    Chat,

    /// <summary>FLAN: <c>{field}</c> is a variable, everything else is literal.</summary>
    Flan,
}
