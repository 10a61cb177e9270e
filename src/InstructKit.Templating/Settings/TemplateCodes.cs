namespace InstructKit.Templating.Settings;

/// <summary>The codes of the template language. IK10xx syntax, IK11xx names, IK12xx run time, IK13xx limits, IK14xx raised by the template itself.</summary>
public static class TemplateCodes
{
    /// <summary>Something else was expected.</summary>
    public const string UnexpectedToken = "IK1001";

    /// <summary>The template ends inside a tag, a block, a comment or raw text.</summary>
    public const string UnexpectedEnd = "IK1002";

    /// <summary>A character that no expression can contain.</summary>
    public const string UnexpectedCharacter = "IK1003";

    /// <summary>A tag that does not exist, or does not belong here.</summary>
    public const string UnknownTag = "IK1004";

    /// <summary>A text or number literal that cannot be parsed.</summary>
    public const string BadLiteral = "IK1005";

    /// <summary>A known construct where it has no meaning.</summary>
    public const string Misplaced = "IK1006";

    /// <summary>A Jinja feature that is intentionally unsupported.</summary>
    public const string LeftOut = "IK1007";

    /// <summary>Unknown filter.</summary>
    public const string UnknownFilter = "IK1101";

    /// <summary>Unknown test.</summary>
    public const string UnknownTest = "IK1102";

    /// <summary>A missing value was used.</summary>
    public const string Undefined = "IK1201";

    /// <summary>A value of the wrong type.</summary>
    public const string WrongType = "IK1202";

    /// <summary>A value of the right type that is not allowed.</summary>
    public const string WrongValue = "IK1203";

    /// <summary>A position outside a sequence.</summary>
    public const string WrongIndex = "IK1204";

    /// <summary>A missing key of a mapping.</summary>
    public const string MissingKey = "IK1205";

    /// <summary>Division by zero.</summary>
    public const string ZeroDivision = "IK1206";

    /// <summary>A number or a range that is too large.</summary>
    public const string Overflow = "IK1207";

    /// <summary>Arguments that a filter, test or function does not accept.</summary>
    public const string WrongArgument = "IK1208";

    /// <summary>The sandbox forbids it.</summary>
    public const string Forbidden = "IK1209";

    /// <summary>An attribute was set on something other than a namespace.</summary>
    public const string NotANamespace = "IK1210";

    /// <summary>The template requests the time, but none was set.</summary>
    public const string NoClock = "IK1211";

    /// <summary>A negative index into the options: the row has no label.</summary>
    public const string NegativeLabel = "IK1212";

    /// <summary>Too many steps.</summary>
    public const string StepLimit = "IK1301";

    /// <summary>Too many bytes of intermediate values.</summary>
    public const string BuiltLimit = "IK1302";

    /// <summary>Too much output.</summary>
    public const string OutputLimit = "IK1303";

    /// <summary>The source is nested too deeply.</summary>
    public const string ParseDepthLimit = "IK1304";

    /// <summary>Calls are nested too deeply.</summary>
    public const string CallDepthLimit = "IK1305";

    /// <summary>A value is nested too deeply.</summary>
    public const string PrintDepthLimit = "IK1306";

    /// <summary>The source is too long.</summary>
    public const string TemplateSizeLimit = "IK1307";

    /// <summary>A number has too many digits.</summary>
    public const string NumberLimit = "IK1308";

    /// <summary>The template called <c>raise_exception</c>.</summary>
    public const string Raised = "IK1401";
}

/// <summary>A template failed while it was rendered; the diagnostic says where in the template and why.</summary>
public sealed class TemplateException(Diagnostic diagnostic, Exception? inner = null) : DiagnosticException(diagnostic, inner)
{
    /// <summary>The error.</summary>
    public Diagnostic Diagnostic => Diagnostics[0];
}
